"""How a theme looks in Qt: the whole palette, and the few rules a palette cannot say."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PySide6.QtGui import QColor, QPalette

from ui.theme import Theme, contrast

BODY_PX = 13
HEADLINE_PX = 22
SECTION_PX = 16
CAPTION_PX = 12


def palette(theme: Theme) -> QPalette:
    """The whole Qt palette of a theme: styleHints().setColorScheme changes nothing offscreen or on plain X11."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.surface,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.surface,
        QPalette.ColorRole.AlternateBase: theme.surface_raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.surface_raised,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.error,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.PlaceholderText: theme.text_muted,
        QPalette.ColorRole.ToolTipBase: theme.surface_raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Accent: theme.accent,
        QPalette.ColorRole.Light: theme.surface_raised,
        QPalette.ColorRole.Midlight: theme.surface_raised,
        QPalette.ColorRole.Mid: theme.hairline,
        QPalette.ColorRole.Dark: theme.hairline,
        QPalette.ColorRole.Shadow: theme.hairline,
    }
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.text_muted))
    return made


def stylesheet(theme: Theme, zoom: float) -> str:
    """What a palette cannot say: type sizes by role, the primary button, the focus ring, hairlines."""

    def px(designed: float) -> str:
        return f"{round(designed * zoom)}px"

    return f"""
    * {{ font-size: {px(BODY_PX)}; }}
    QLabel[role="headline"] {{ font-size: {px(HEADLINE_PX)}; font-weight: 600; }}
    QLabel[role="section"] {{ font-size: {px(SECTION_PX)}; font-weight: 600; }}
    QLabel[role="figure"] {{ font-size: {px(SECTION_PX)}; font-weight: 600; }}
    QLabel[role="caption"] {{ font-size: {px(CAPTION_PX)}; color: {theme.text_muted}; }}
    QLabel[role="muted"] {{ color: {theme.text_muted}; }}
    QLabel[role="problem"] {{ color: {theme.error}; }}
    QLabel[role="chip"] {{
        font-size: {px(CAPTION_PX)}; color: {theme.caution}; border: 1px solid {theme.caution};
        border-radius: {px(8)}; padding: 1px {px(8)};
    }}
    QLabel:focus {{ border: 2px solid {theme.accent}; border-radius: 4px; }}
    QPushButton, QToolButton {{
        padding: {px(5)} {px(12)}; border: 1px solid {theme.text_muted}; border-radius: 6px;
        background: {theme.surface_raised}; color: {theme.text};
    }}
    QPushButton:hover, QToolButton:hover {{ border-color: {theme.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {theme.hairline}; }}
    QPushButton:focus, QToolButton:focus {{ border: 2px solid {theme.accent}; padding: {px(4)} {px(11)}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {theme.text_muted}; border-color: {theme.hairline}; }}
    QPushButton[primary="true"], QToolButton[primary="true"] {{
        background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; font-weight: 600;
    }}
    QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus {{ border: 2px solid {theme.text}; }}
    QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {{
        background: {theme.surface_raised}; color: {theme.text_muted}; border-color: {theme.hairline};
    }}
    QToolButton[quiet="true"], QPushButton[quiet="true"] {{
        background: transparent; border: 2px solid transparent; padding: {px(2)} {px(6)};
    }}
    QToolButton[quiet="true"]:focus, QPushButton[quiet="true"]:focus {{ border-color: {theme.accent}; }}
    QToolButton::menu-indicator, QPushButton::menu-indicator {{ image: none; }}
    QLineEdit, QPlainTextEdit {{
        border: 1px solid {theme.text_muted}; border-radius: 4px; padding: {px(3)} {px(6)};
        background: {theme.surface}; color: {theme.text};
    }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {theme.accent}; padding: {px(2)} {px(5)}; }}
    QTableView QLineEdit, QTableView QLineEdit:focus {{ padding: 0; border-radius: 0; }}
    QTableView, QTreeView, QListView, QTextBrowser {{
        border: 2px solid transparent; background: {theme.surface}; gridline-color: {theme.hairline};
        alternate-background-color: {theme.surface_raised};
    }}
    QTableView:focus, QTreeView:focus, QListView:focus, QTextBrowser:focus {{
        border: 2px solid {theme.accent}; border-radius: 4px;
    }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ border: none; background: {theme.surface}; }}
    QHeaderView::section {{
        background: {theme.surface}; color: {theme.text_muted}; border: none; font-size: {px(CAPTION_PX)};
        border-bottom: 1px solid {theme.hairline}; padding: {px(6)} 3px;  /* as a cell's own */
    }}
    QListWidget#rail {{ background: {theme.surface_raised}; padding: {px(8)}; outline: none; }}
    QListWidget#rail, QListWidget#rail:focus {{ border: none; border-radius: 0; }}
    QListWidget#rail::item:focus {{ border: 2px solid {theme.text}; }}
    QListWidget#rail::item {{ padding: {px(8)}; border-radius: 6px; color: {theme.text}; }}
    QListWidget#rail::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
    QWidget#side {{ background: {theme.surface_raised}; }}
    QWidget#header {{ background: {theme.surface}; border-bottom: 1px solid {theme.hairline}; }}
    QWidget#strip {{ background: {theme.surface_raised}; border-top: 1px solid {theme.hairline}; }}
    QFrame[bar="error"] {{ background: {theme.surface_raised}; border-left: 4px solid {theme.error}; }}
    QFrame[bar="caution"] {{ background: {theme.surface_raised}; border-left: 4px solid {theme.caution}; }}
    QFrame[bar="note"] {{ background: {theme.surface_raised}; border-left: 4px solid {theme.accent}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {theme.hairline}; }}
    QTabBar::tab {{
        color: {theme.text_muted}; background: transparent; padding: {px(6)} {px(12)};
        border: 2px solid transparent; border-bottom: 3px solid transparent;
    }}
    QTabBar::tab:selected {{ color: {theme.text}; border-bottom: 3px solid {theme.accent}; }}
    QTabBar::tab:hover {{ color: {theme.text}; }}
    QTabBar::tab:selected:focus {{ border: 2px solid {theme.accent}; border-bottom: 3px solid {theme.accent}; }}
    QProgressBar {{
        border: 1px solid {theme.hairline}; border-radius: 4px; background: {theme.surface_raised};
        max-height: {px(8)};
    }}
    QProgressBar::chunk {{ background: {theme.accent}; border-radius: 3px; }}
    QStatusBar {{ color: {theme.text_muted}; border-top: 1px solid {theme.hairline}; }}
    QStatusBar::item {{ border: none; }}
    QToolTip {{ color: {theme.text}; background: {theme.surface_raised}; border: 1px solid {theme.hairline}; }}
    QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {theme.accent}; border-radius: 4px; }}
    QCheckBox, QRadioButton {{ border: 2px solid transparent; padding: 2px; }}
    QCheckBox::indicator, QRadioButton::indicator, QTableView::indicator {{
        width: {px(12)}; height: {px(12)}; border: 1px solid {theme.text_muted}; background: {theme.surface};
    }}
    QRadioButton::indicator {{ border-radius: {px(7)}; }}
    QCheckBox::indicator, QTableView::indicator {{ border-radius: 3px; }}
    QCheckBox::indicator:checked, QTableView::indicator:checked {{
        background: {theme.accent}; border-color: {theme.accent}; image: url("{_check(theme)}");
    }}
    QRadioButton::indicator:checked {{
        width: {px(6)}; height: {px(6)}; border: {px(4)} solid {theme.accent}; background: {theme.surface};
    }}
    QSplitter::handle {{ background: {theme.hairline}; }}
    """


def _check(theme: Theme) -> str:
    """The file of the mark in a ticked box, in the ink that reads on the accent colour; Qt wants a path here."""
    ink = "light" if contrast("#FFFFFF", theme.accent) >= contrast("#000000", theme.accent) else "dark"
    return Path(str(resources.files("ui.resources") / f"check-{ink}.svg")).as_posix()
