"""The local page of `ionweld lab`: it computes nothing itself, every action is a public name of the package."""
