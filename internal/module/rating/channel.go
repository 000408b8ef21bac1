package rating

import "slices"

// Channel is where a rating was given (评价渠道).
type Channel string

// The channels of the national rating interface, in its order. Its seventh, a rating by default (系统默认评价), does not exist here.
const (
	PC       Channel = "pc"
	Mobile   Channel = "mobile"
	QRCode   Channel = "qr_code"
	Tablet   Channel = "tablet"   // 政务大厅平板电脑
	Terminal Channel = "terminal" // 政务大厅其他终端
	SMS      Channel = "sms"
)

var channels = []Channel{PC, Mobile, QRCode, Tablet, Terminal, SMS}

// Code is the channel's number in the national rating interface, 1 to 6; 0 for no channel.
func (c Channel) Code() int { return slices.Index(channels, c) + 1 }
