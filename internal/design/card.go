package design

// CardParams is one thing among several; see [Card]. Its children are the card's body.
type CardParams struct {
	Title string
	Href  string // the title leads there, and the whole card is the target
	Text  string
	Icon  string
	Badge *BadgeParams
	Meta  []string // short facts in one line
	Tone  Tone     // colours the edge
	Level int      // of the heading, 3 when 0
	Extra bool     // hidden in 长者模式
}

// CardsParams lay cards out in a grid; see [Cards].
type CardsParams struct {
	Columns int // on wide screens: 1 to 4, 3 when 0
	Label   string
}

// CertificateCardParams show an electronic certificate as the thing people know from their wallet; see [CertificateCard].
type CertificateCardParams struct {
	Title  string // 食品经营许可证
	Number string
	Holder string
	Office string // who issued it
	Until  string // valid until, in words
	Badge  *BadgeParams
	Href   string
	Show   string // address that presents it; empty for none
	Void   bool   // revoked or expired: drawn grey
	Level  int    // of its heading, 3 (the zero value's meaning) or 2 and 4
}
