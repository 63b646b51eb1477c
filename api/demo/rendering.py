"""HTML from the templates; every text that comes from the index is escaped."""

from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined, Template

TEMPLATES = ("base.html", "parts.html", "home.html", "section.html", "article.html", "notice.html")


class Pages:
    """The templates, read and compiled once."""

    def __init__(self) -> None:
        folder = files("api.demo") / "templates"
        sources = {name: (folder / name).read_text(encoding="utf-8") for name in TEMPLATES}
        environment = Environment(
            loader=DictLoader(sources),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates = {name: environment.get_template(name) for name in TEMPLATES}

    def __getitem__(self, name: str) -> Template:
        return self._templates[name]
