"""Tables in Markdown, written into the text of a README."""


def table(head, rows, right=1):
    """Return a table in Markdown; the columns from number `right` on are numbers."""
    rule = ["---"] * right + ["--:"] * (len(head) - right)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def fill(text, tables):
    """Return a text with tables, by name, in the places that it has for them.

    A place begins with the line ``<!-- begin NAME -->``, ends with
    ``<!-- end NAME -->``, and may hold an older table.
    """
    for name, content in tables.items():
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, found, rest = text.partition(begin)
        if found:
            _, _, after = rest.partition(end)
            text = f"{before}{begin}{content}\n{end}{after}"
    return text
