"""Claims: what a trust provider states of a certificate it issued, in the provider's own words (ETSI EN 319 412-5).

Whether it may say so is for the trusted lists to tell: this is shown as the provider's statement, never as ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import x509

from jesignd.pades import holder


@dataclass(frozen=True, slots=True)
class Claims:
    """Who issued it, and what they state of it."""

    issuer: str
    qualified: bool
    on_device: bool
    """The key is in a qualified signature creation device."""
    for_signatures: bool
    """The certificate's stated type is electronic signature."""


def claims(certificate: bytes) -> Claims:
    """What the certificate (DER) states."""
    read = x509.Certificate.load(certificate)
    return Claims(holder.issuer_name(read), *holder.stated(read))
