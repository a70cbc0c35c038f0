"""From measured cells to what limits them: odds of mechanisms, the experiment that decides, the change that helps."""
