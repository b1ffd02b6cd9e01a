"""Link a glossary term that a chapter sets in **bold** to the glossary.

Chapters introduce a term in bold, which reads well everywhere, on Colab too. On the
site the first bold mention of a term in a page becomes a link to its definition.
"""

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode


def glossary_terms(env: Any) -> dict[str, tuple[str, str]]:
    """Every term in lower case, with the page and the anchor that define it."""
    objects = env.get_domain("std").get_objects()
    return {
        name.lower(): (page, anchor)
        for name, _, kind, page, anchor, _ in objects
        if kind == "term"
    }


def singulars(word: str) -> Iterable[str]:
    """The word itself, then what it may be the plural of."""
    yield word
    for ending, singular in (("ies", "y"), ("es", ""), ("s", "")):
        if word.endswith(ending):
            yield word.removesuffix(ending) + singular


class LinkTerms(SphinxPostTransform):
    """Put a link into bold text that is a glossary term."""

    default_priority = 9  # before references are resolved

    def run(self, **kwargs: Any) -> None:
        terms, linked = glossary_terms(self.env), set()
        page = self.env.docname
        for bold in list(self.document.findall(nodes.strong)):
            # the text has typographic apostrophes by now, the terms do not
            words = " ".join(bold.astext().lower().replace("’", "'").split())
            term = next((w for w in singulars(words) if w in terms), None)
            if term is None or terms[term] in linked or terms[term][0] == page:
                continue
            if isinstance(bold.parent, nodes.reference):
                continue
            linked.add(terms[term])
            target, anchor = terms[term]
            link = make_refnode(
                self.app.builder, page, target, anchor, bold.deepcopy(), words
            )
            link["classes"].append("glossary-link")
            bold.replace_self(link)


def rewrite_when_terms_change(app: Sphinx, env: Any) -> list[str]:
    # A page whose own text is unchanged may mention a term that is new.
    terms = glossary_terms(env)
    if getattr(env, "linked_terms", None) == terms:
        return []
    env.linked_terms = terms
    return list(env.found_docs)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(LinkTerms)
    app.connect("env-updated", rewrite_when_terms_change)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
