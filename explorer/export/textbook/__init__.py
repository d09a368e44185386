"""EM as in the textbook, in plain NumPy: the code that exported notebooks and scripts are made of.

`line` is for one dimension, `plane` for two and more. Both have the same functions; their source
goes into the notebook as it stands here, so it must need nothing but ``import numpy as np``.
"""
