"""The app's pages: what is drawn where."""
