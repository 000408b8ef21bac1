package design

// MapTile is one square of a [TileMap].
type MapTile struct {
	Name   string // two or three characters fit
	Value  string // the figure
	Tone   Tone   // the colour; the value says it too
	Column int    // from 0
	Row    int    // from 0
	Strong bool   // stands out: a prefecture among its counties
}

// MapKey explains a colour.
type MapKey struct {
	Text string
	Tone Tone
}

// TileMapParams draw places as equal squares, roughly where they lie, with a figure in each, and give the same figures as a table; see
// [TileMap].
type TileMapParams struct {
	Title   string
	Summary string // what the figures say, in one sentence
	Columns int
	Rows    int
	Tiles   []MapTile
	Key     []MapKey
	Source  string
	Table   *TableParams // the same figures, and more, as a table
}

// tileSide is the side of a square in the drawing's own units, a gap included.
const tileSide = 60

func tileAt(n int) string { return itoa(n*tileSide + 2) }

// tileMiddle is the middle of a square, moved down by some units.
func tileMiddle(n, down int) string { return itoa(n*tileSide + tileSide/2 + down) }

func (p TileMapParams) box() string {
	return "0 0 " + itoa(max(1, p.Columns)*tileSide) + " " + itoa(max(1, p.Rows)*tileSide)
}

func (t MapTile) class() string {
	return words(toned("tile-square", t.Tone), when(t.Strong, "tile-strong"))
}
