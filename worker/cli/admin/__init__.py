"""Commands about the installation: users, database, rules, doctor."""
