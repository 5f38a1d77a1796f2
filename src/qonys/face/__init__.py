"""The public face: functions named as the field names them, on a person's own tables.

`qonys.PUBLIC` says in which module of this room each name of `qonys` lives; a module is loaded when first used.
"""
