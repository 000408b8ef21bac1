package design

// DrawnPagesParams are the pages of a document; see [DrawnPages].
type DrawnPagesParams struct {
	Pages []string // drawings in SVG that the program made itself: they are written as they are
}

// samplePage is a page with little on it, for the gallery.
const samplePage = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" role="img" lang="zh-CN"><title>受理通知书</title><rect width="100%" height="100%" fill="#fff"/>` +
	`<text x="80" y="60" font-size="10" fill="#1a1a1a">受理通知书</text></svg>`
