"""What the words mean: money, time, channels, goals, identifiers, settings, addresses and errors.

Reads and writes no table, opens no file, knows no engine: values and rules that every other room may use.
"""
