"""Identity: what proves who somebody is: passwords, one-time codes, personal keys and what is signed with them."""
