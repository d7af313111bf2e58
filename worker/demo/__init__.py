"""A made-up life as files, for `keepwarm demo`: its emails and meetings, none of them real."""
