"""Security store: what a later reader needs to judge a seal without asking anybody, put into the file (DSS)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from jesignd.pades.update import Update, entry

if TYPE_CHECKING:
    from jesignd.domain.sealing import RevocationMaterial


def embed(update: Update, material: RevocationMaterial) -> None:
    """Add the material to the document security store (DSS, ETSI EN 319 142-1, clause 5.4); what is there stays."""
    store = entry(update.root, "/DSS")
    if not isinstance(store, generic.DictionaryObject):
        store = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/DSS")})
        update.root[pdf_name("/DSS")] = update.add_object(store)
        update.mark_update(update.root_ref)
    for key, values in (("/Certs", material.certificates), ("/CRLs", material.crls), ("/OCSPs", material.ocsps)):
        _add(update, store, key=key, values=values)
    update.update_container(store)


def _add(update: Update, store: generic.DictionaryObject, *, key: str, values: tuple[bytes, ...]) -> None:
    kept = entry(store, key)
    if not isinstance(kept, generic.ArrayObject):
        kept = generic.ArrayObject()
    known = {hashlib.sha256(ref.get_object().data).digest() for ref in kept}
    for value in dict.fromkeys(values):
        if hashlib.sha256(value).digest() not in known:
            stream = generic.StreamObject(stream_data=value)
            stream.compress()
            kept.append(update.add_object(stream))
    if len(kept):
        store[pdf_name(key)] = kept
        update.update_container(kept)
