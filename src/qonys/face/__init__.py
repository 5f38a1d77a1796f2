"""The public interface: functions on the user's own tables, named with the terms of demography.

`qonys.PUBLIC` gives the module of this package that defines each name of `qonys`; a module is loaded on first use.
"""
