"""The names the NLU listens for, from the directory."""

from bot.domain.views import DepartmentView
from bot.services.directory import Directory
from nlu.lexicon import DepartmentEntry, DoctorEntry, Lexicon


def lexicon_of(directory: Directory) -> Lexicon:
    """All listed names; a department without doctors of its own but with children is a group (内科)."""
    groups = [view for view in directory.departments.values() if _is_group(view, directory)]
    return Lexicon(
        departments=[
            DepartmentEntry(view.name, view.aliases, view.parent) for view in directory.listed_departments
        ],
        doctors=[
            DoctorEntry(view.name, view.title, view.department, directory.doctor_aliases[view.id])
            for view in directory.listed_doctors
        ],
        groups=[(word, group.name) for group in groups for word in (group.name, *group.aliases)],
    )


def _is_group(view: DepartmentView, directory: Directory) -> bool:
    return view not in directory.listed_departments and len(directory.within(view.id)) > 1
