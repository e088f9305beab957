"""问卷: every version, what the linter says of it, and how it looks in the chat and on the patient's page."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.survey import Author, SurveyState, SurveyView
from bot.questionnaires.catalogue import Catalogue, names
from bot.questionnaires.filling import Filling
from bot.questionnaires.lint import Finding
from bot.questionnaires.model import ASKED, Questionnaire
from bot.questionnaires.preview import preview
from bot.services.content import editions as content
from bot.services.forms import KIND
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render
from bot.web.survey.sheet import sheet

_P = Permission
STATUS = {"active": "在用", "retired": "停用", "draft": "草稿"}


def install(console: Console) -> None:
    @console.page("/questionnaires", _P.PLANS_SEE, title="问卷", section="随访", position=70)
    def questionnaires(me: Viewer) -> ResponseReturnValue:
        return listing(console)

    @console.page("/questionnaires/<name>/<version>", _P.PLANS_SEE, title="问卷", parent="questionnaires")
    def questionnaire(me: Viewer, name: str, version: str) -> ResponseReturnValue:
        with console.db.read() as uow:
            forms = console.hospital.forms_now(uow)
            edition = content.published(uow, KIND).get(f"{name}|{version}")
        versions = [form for form in forms.forms.values() if names(form)[0] == name]
        form = _of_version(versions, version)
        if form is None:
            raise NotThere
        return render(
            "questionnaires/one.html", versions=versions, edition=edition,
            **pictured(forms, form, forms.remarks.get(form.canonical, ())),
        )  # fmt: skip


def listing(
    console: Console, *, words: str = "", findings: Sequence[str] = (), status: int = 200
) -> ResponseReturnValue:
    """All versions and drafts; ``words``, ``findings``: why a file was not taken."""
    with console.db.read() as uow:
        forms = console.hospital.forms_now(uow)
        drafts = list(content.drafts(uow, KIND).values())
    listed = sorted(forms.forms.values(), key=lambda form: (names(form)[0], form.version))
    return render(
        "questionnaires.html", broken=forms.broken, status_words=STATUS, drafts=drafts, words=words, findings=findings,
        rows=[(names(form)[0], form, _asked(form), forms.remarks.get(form.canonical, ())) for form in listed],
        status=status,
    )  # fmt: skip


def pictured(forms: Catalogue, form: Questionnaire, remarks: Sequence[Finding]) -> dict[str, Any]:
    """What the pages of one questionnaire show."""
    return {
        "form": form, "name": names(form)[0], "status_words": STATUS, "count": _asked(form),
        "remarks": told(form, remarks), "chat": "\n".join(preview(form, forms.advice)), "sheet": sheet(_blank(form)),
    }  # fmt: skip


def told(form: Questionnaire | None, findings: Iterable[Finding]) -> list[str]:
    """Each finding with the question it is about, in words."""
    items: Mapping[str, Any] = {} if form is None else {item.link_id: item for item in form.walk()}
    lines = []
    for finding in findings:
        item = items.get(finding.where)
        where = f"题「{item.text[:30]}」" if item is not None else finding.where
        lines.append(f"{where}：{finding.what}" if where else finding.what)
    return lines


def _asked(form: Questionnaire) -> int:
    return sum(item.type in ASKED for item in form.walk())


def _of_version(versions: Iterable[Questionnaire], version: str) -> Questionnaire | None:
    return next((form for form in versions if form.version == version), None)


def _blank(form: Questionnaire) -> SurveyView:
    """As a patient sees it before the first answer."""
    return SurveyView(
        id="", scope="", followup_id=None, form=form, filling=Filling(), state=SurveyState.ASKING,
        author=Author.PATIENT, revision=0, patient_id=None, patient="", own=True, department="", ward="",
        discharged_on=None, closes_on=None,
    )  # fmt: skip
