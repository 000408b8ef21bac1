package design

// BannerParams tell something about the whole page; see [Banner]. Its children follow the text.
type BannerParams struct {
	Tone  Tone
	Title string
	Text  string
	Link  *Link
	Close bool // a button puts it away, when scripts run
	Extra bool // hidden in 长者模式
}

// ToastParams tell the outcome of the last action; see [Toast]. It stays until it is closed.
type ToastParams struct {
	Text string
	Tone Tone
}

// NotificationParams is one message to a person; see [Notification].
type NotificationParams struct {
	Title  string
	Text   string
	At     string
	ISO    string
	Href   string
	Icon   string
	Tone   Tone
	Unread bool
}

// DialogParams is a window above the page; see [Dialog]. Its children are its content, a form as a rule. Without scripts a link
// to "#"+ID shows it in the page.
type DialogParams struct {
	ID    string
	Title string
	Text  string
	Back  string // address the close link leads to without scripts; "#" when empty
	Wide  bool
}
