"""Commands that report: digest, export, backtest."""
