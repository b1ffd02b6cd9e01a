"""The line under a chapter's title: how to run it, and how long that took here."""

from pathlib import PurePosixPath
from typing import Any

from build_facts import run_times, spell_time
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


class WriteHead(SphinxPostTransform):
    default_priority = 8

    def run(self, **kwargs: Any) -> None:
        page = self.env.docname
        seconds = run_times(self.env).get(page)
        if seconds is None:
            return
        facts, theme = self.env.build_facts, self.config.html_theme_options
        source = f"{page}{PurePosixPath(self.env.doc2path(page)).suffix}"
        address = theme["repository_url"].removeprefix("https://github.com/")
        branch = theme["repository_branch"]
        colab = theme["launch_buttons"]["colab_url"]
        here = "../" * page.count("/")
        links = {
            "Open in Colab": f"{colab}/github/{address}/blob/{branch}/{source}",
            "Download the notebook": f"{here}_sources/{source}",
            "Edit": f"{theme['repository_url']}/edit/{branch}/{source}",
        }
        code = self.document.findall(nodes.literal_block)
        loads = any("cu.load()" in cell.astext() for cell in code)
        data = f" on {facts['data']['title']}" if loads else ""
        ran = f"Ran in {spell_time(seconds)}{data} ({facts['machine']['runtime']})."
        head = nodes.paragraph("", "", classes=["chapter-head"])
        for text, url in links.items():
            head += [nodes.reference("", text, refuri=url), nodes.Text(" · ")]
        head += nodes.Text(ran)
        title = next(self.document.findall(nodes.title))
        title.parent.insert(title.parent.index(title) + 1, head)


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("build_facts")
    app.add_post_transform(WriteHead)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
