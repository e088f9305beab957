"""问卷: every version, what the linter says of it, and how it looks in the chat and on the patient's page."""

from collections.abc import Iterable

from flask.typing import ResponseReturnValue

from bot.domain.roles import Permission
from bot.domain.staff import Viewer
from bot.domain.survey import Author, SurveyState, SurveyView
from bot.questionnaires.catalogue import names
from bot.questionnaires.filling import Filling
from bot.questionnaires.model import ASKED, Questionnaire
from bot.questionnaires.preview import preview
from bot.web.console.console import Console
from bot.web.console.problems import NotThere
from bot.web.console.render import render
from bot.web.survey.sheet import sheet

_P = Permission
STATUS = {"active": "在用", "retired": "停用", "draft": "草稿"}


def install(console: Console) -> None:
    @console.page("/questionnaires", _P.PLANS_SEE, title="问卷", section="随访", position=70)
    def questionnaires(me: Viewer) -> ResponseReturnValue:
        forms = console.hospital.forms
        listed = sorted(forms.forms.values(), key=lambda form: (names(form)[0], form.version))
        return render(
            "questionnaires.html", broken=forms.broken, status_words=STATUS,
            rows=[(names(form)[0], form, _asked(form), forms.remarks.get(form.canonical, ())) for form in listed],
        )  # fmt: skip

    @console.page("/questionnaires/<name>/<version>", _P.PLANS_SEE, title="问卷", parent="questionnaires")
    def questionnaire(me: Viewer, name: str, version: str) -> ResponseReturnValue:
        forms = console.hospital.forms
        versions = [form for form in forms.forms.values() if names(form)[0] == name]
        form = _of_version(versions, version)
        if form is None:
            raise NotThere
        return render(
            "questionnaires/one.html", form=form, name=name, versions=versions, status_words=STATUS, count=_asked(form),
            remarks=forms.remarks.get(form.canonical, ()), chat="\n".join(preview(form)), sheet=sheet(_blank(form)),
        )  # fmt: skip


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
