"""Shapes of JSON documents: what stands where and of which kind, without the values."""

KINDS = {bool: "truth", int: "number", float: "number", str: "text", type(None): "nothing"}


def shape_of(thing):
    """A dict of shapes, a list with the shape that all its elements have together, or kinds such as `number|nothing`."""
    if isinstance(thing, dict):
        return {key: shape_of(value) for key, value in thing.items()}
    if isinstance(thing, list):
        found = []
        for value in thing:
            found = [joined(found[0], shape_of(value))] if found else [shape_of(value)]
        return found
    return KINDS[type(thing)]


def joined(a, b):
    """The shape of what has either shape; keys that only some have end in `?`."""
    if a == b:
        return a
    if isinstance(a, dict) and isinstance(b, dict):
        names = dict.fromkeys(key.rstrip("?") for key in (*a, *b))
        return dict(_pair(name, a, b) for name in names)
    if isinstance(a, list) and isinstance(b, list):
        return [joined(a[0], b[0])] if a and b else a or b
    if isinstance(a, str) and isinstance(b, str):
        return "|".join(sorted({*a.split("|"), *b.split("|")}))
    return "mixed"


def _pair(name, a, b):
    found = [one.get(name, one.get(f"{name}?")) for one in (a, b)]
    if None in found:
        return f"{name}?", next(one for one in found if one is not None)
    both = joined(*found)
    return (name if name in a and name in b else f"{name}?"), both


def changes(stored, found, place="answer"):
    """What an answer of the shape `found` breaks of `stored`, or adds to it; a kind that was possible need not occur."""
    if isinstance(stored, dict) and isinstance(found, dict):
        here = {name.rstrip("?"): shape for name, shape in found.items()}
        told = {name.rstrip("?"): shape for name, shape in stored.items()}
        said = [f"{place}.{name} is gone" for name in told if name not in here and f"{name}?" not in stored]
        said += [f"{place}.{name} is new" for name in here if name not in told]
        said += [f"{place}.{name} may be missing" for name in told if f"{name}?" in found and f"{name}?" not in stored]
        return said + [one for name in told if name in here for one in changes(told[name], here[name], f"{place}.{name}")]
    if isinstance(stored, list) and isinstance(found, list):
        return changes(stored[0], found[0], f"{place}[]") if stored and found else []
    if isinstance(stored, str) and isinstance(found, str):
        other = set(found.split("|")) - set(stored.split("|"))
        return [f"{place} is {found}, not {stored}"] if other else []
    return [f"{place} has another form"]
