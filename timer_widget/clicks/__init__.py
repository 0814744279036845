"""A click and its life: recorded, carried out in Harvest, corrected, undone."""
