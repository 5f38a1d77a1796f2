"""The public face: what `import qonys` offers."""
