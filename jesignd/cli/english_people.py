"""English people: the help pages of `firm`, `user`, `enrol`, `delegation` and `mandate`, sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PEOPLE: Mapping[str, str] = {
    # firm
    "Cabinets et leurs membres.": "Firms and their members.",
    "Ajouter un cabinet, ou l’un de ses bureaux.": "Add a firm, or one of its offices.",
    "Neuf chiffres ; deux bureaux peuvent avoir le même.": "Nine digits; two offices may have the same.",
    "Noter des adresses de clients : ni compte ni délégation pour elles.": (
        "Note clients’ addresses: neither account nor delegation for them."
    ),
    "Faire entrer quelqu’un dans un cabinet, ou l’y faire changer de qualité.": (
        "Let somebody join a firm, or become something else in it."
    ),
    "Ce qu’elle y devient.": "What they become there.",
    "Faire sortir quelqu’un ; ce qu’il y tenait et ce qu’il y a délégué s’arrête à l’instant.": (
        "Let somebody leave; what they held there and what they delegated there ends at once."
    ),
    "Les cabinets.": "The firms.",
    "Avec leurs membres d’aujourd’hui.": "With their members of today.",
    # user
    "Comptes : personnes, mots de passe, codes, rôles, clés.": "Accounts: people, passwords, codes, roles, keys.",
    "Ouvrir un compte ; les délégations qui attendaient ce courriel lui reviennent.": (
        "Open an account; it receives the delegations that waited for this address."
    ),
    "Courriel, unique.": "E-mail address, unique.",
    "Prénom.": "First name.",
    "Nom.": "Last name.",
    "Civilité.": "Title.",
    "Année de naissance.": "Year of birth.",
    "Fonction.": "Function.",
    "Société.": "Company.",
    "Adresse.": "Address.",
    "Code postal.": "Postcode.",
    "Ville.": "City.",
    "Téléphone mobile.": "Mobile phone.",
    "Cabinet que la personne rejoint.": "Firm the person joins.",
    "Ce qu’elle y est.": "What they are there.",
    "Rôle ; peut se répéter.": "Role; may be repeated.",
    "Clore un compte pour de bon ; ce qu’il tenait et ce qu’il a délégué s’arrête.": (
        "Close an account for good; what it held and what it delegated ends."
    ),
    "Attacher une clé personnelle (PKCS#12) ; seul son code l’ouvre.": (
        "Attach a personal key (PKCS#12); only its PIN opens it."
    ),
    "Les comptes, les clos aussi.": "The accounts, the closed ones too.",
    "Changer un mot de passe, saisi sans être vu.": "Change a password, typed unseen.",
    "Donner exactement ces rôles ; aucun les retire tous.": "Give exactly these roles; none takes all away.",
    "Donner des codes à usage unique : l’adresse pour le téléphone, puis un code pour confirmer.": (
        "Give one-time codes: the address for the telephone, then a code to confirm."
    ),
    "Changer son mot de passe, sous l’ancien ; ou l’avoir oublié.": (
        "Change one’s password, under the old one; or having forgotten it."
    ),
    "Recevoir un code par courriel.": "Receive a code by mail.",
    "Choisir un mot de passe avec le code reçu.": "Choose a password with the code received.",
    "Donner un mot de passe à changer aussitôt.": "Give a password to be changed at once.",
    "Supprimer son propre compte, pour de bon ; ce qui prouve les actes passés reste, sans coordonnées.": (
        "Delete one’s own account, for good; what proves past acts stays, without contact details."
    ),
    # enrol
    (
        "Attacher une clé achetée : sur une carte, ou chez un prestataire (`providers`) ; elle signe une fois, pour"
        " essai.\n\nSans CLÉ, les clés que le prestataire propose."
    ): (
        "Attach a bought key: on a card, or at a provider’s (`providers`); it signs once, as a trial.\n\n"
        "Without CLÉ, the keys the provider offers."
    ),
    "La clé est sur la carte qui a cette étiquette.": "The key is on the card with this label.",
    "Les clés d’une personne, et ce que déclare le prestataire de celles qu’elle a achetées.": (
        "A person’s keys, and what the provider states of those they bought."
    ),
    "Ne plus se servir d’une clé achetée, dès cet instant ; la faire aussi révoquer par son prestataire.": (
        "Use a bought key no more, from now on; have its provider revoke it, too."
    ),
    "Enregistrement : pièce d’identité, mobile, conditions, approbation.": (
        "Enrolment: identity document, mobile phone, conditions, approval."
    ),
    "Lire et accepter les conditions en vigueur, sous son mot de passe.": (
        "Read and accept the conditions in force, under one’s password."
    ),
    "Approuver un enregistrement complet ; jamais le sien.": "Approve a complete enrolment; never one’s own.",
    "Préposé qui approuve, sous son mot de passe.": "Officer who approves, under their password.",
    "Refuser au lieu d’approuver, avec ce motif.": "Refuse instead of approving, for this reason.",
    "Écrire d’abord la pièce dans ce fichier.": "First write the identity document to this file.",
    "Déposer la pièce d’identité ; elle est chiffrée, puis détruite au terme du délai.": (
        "Hand in the identity document; it is encrypted, then destroyed in time."
    ),
    "Ce qu’est la pièce.": "What the document is.",
    "Détruire les pièces d’identité dont le délai est passé ; le service le fait aussi de lui-même.": (
        "Destroy the identity documents whose time has come; the service does so by itself too."
    ),
    "Où en est un enregistrement, et ce qui manque.": "How far an enrolment is, and what is missing.",
    "Commencer l’enregistrement d’une personne, ou changer son numéro.": (
        "Begin a person’s enrolment, or change their number."
    ),
    "Numéro du téléphone mobile.": "Number of the mobile phone.",
    # delegation
    "Délégations : accorder, importer, consulter, révoquer.": "Delegations: grant, import, list, revoke.",
    "Déclarer une absence : ce qui attend la personne va à son remplaçant, qui agit en son propre nom.": (
        "Declare an absence: what waits for the person goes to a stand-in, who acts in their own name."
    ),
    "Qui reçoit ce qui l’attend.": "Who receives what waits for them.",
    "Premier jour ; par défaut aujourd’hui.": "First day; today by default.",
    "Dernier jour, inclus.": "Last day, included.",
    "La personne est revenue.": "The person is back.",
    "Qui le déclare ; par défaut la personne elle-même.": "Who declares it; the person by default.",
    "Cabinet ; inutile s’il n’y en a qu’un.": "Firm; not needed where there is only one.",
    "Lire et accepter l’engagement du délégataire, sous son mot de passe.": (
        "Read and accept the delegate’s undertaking, under one’s password."
    ),
    "La preuve d’une délégation et de ses actes, à vérifier sans jesignd (docs/verify_delegation.py).": (
        "The proof of a delegation and its acts, to be checked without jesignd (docs/verify_delegation.py)."
    ),
    "Fichier à écrire.": "File to write.",
    "Déléguer à des personnes, par leur courriel ; signé par la clé de l’expert-comptable.": (
        "Delegate to people, by their addresses; signed with the accountant’s key."
    ),
    "Expert-comptable qui délègue.": "Accountant who delegates.",
    "Pouvoir ; peut se répéter.": "Right; may be repeated.",
    "Natures de document.": "Kinds of document.",
    "Dossiers (0004* accepté).": "Client files (0004* accepted).",
    "Nombre d’actes en tout.": "Number of acts in all.",
    "Ce que les actes peuvent coûter en tout, HT.": "What the acts may cost in all, before tax.",
    "Déléguer à une liste (.xls .xlsx .txt .csv, courriels en première colonne), et à ceux qu’on tape en plus.": (
        "Delegate to a list (.xls .xlsx .txt .csv, addresses in the first column), and to those typed besides."
    ),
    "Les délégations données, reçues, ou toutes celles d’un cabinet.": (
        "The delegations given, received, or all of a firm’s."
    ),
    "Celles que cette personne a données.": "Those this person gave.",
    "Celles que cette personne a reçues.": "Those this person received.",
    "Toutes celles de ce cabinet.": "All of this firm’s.",
    "Révoquer : plus rien ne se fait au titre de ces délégations.": (
        "Revoke: nothing more is done under these delegations."
    ),
    "Expert-comptable qui révoque.": "Accountant who revokes.",
    # mandate
    "Mandats donnés par les clients.": "Mandates given by clients.",
    "Enregistrer un mandat : le dossier, et la pièce qui le porte (« LDM 2026-014, art. 7 »).": (
        "Record a mandate: the client, and the paper that says so (“LDM 2026-014, art. 7”)."
    ),
    "Qui l’enregistre, sous son mot de passe.": "Who records it, under their password.",
    "Natures couvertes ; toutes par défaut.": "Kinds covered; all by default.",
    "Mettre fin à un mandat : les documents suivants attendront.": "End a mandate: later documents wait for another.",
    "Les mandats, le plus récent d’abord.": "The mandates, newest first.",
    "Ceux de ce client.": "This client’s.",
}
