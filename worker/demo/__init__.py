"""A made-up life as files, for `keepwarm demo`: who wrote to whom and met whom, none of them real."""
