"""Changes what the practice says about itself: the settings that its answers and messages quote."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from rewarm.models import Workspace


@transaction.atomic
def set_up(workspace: Workspace, *, postal_address: str, email: str, profile: Mapping[str, str]) -> None:
    """Write the settings; an emptied one is taken away, so that nothing is ever said with a gap in it."""
    here = Workspace.objects.select_for_update().get(id=workspace.id)
    kept = {key: value for key, value in here.profile.items() if key not in profile}
    said = {key: value.strip() for key, value in profile.items() if value.strip()}
    Workspace.objects.filter(id=workspace.id).update(
        postal_address=postal_address.strip(), email=email.strip(), profile={**kept, **said}, pulse=F("pulse") + 1
    )
