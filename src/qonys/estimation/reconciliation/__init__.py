"""Rival sources reconciled into accounts that close."""
