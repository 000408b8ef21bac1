package paper

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
)

// ErrPicture says that a picture is neither PNG nor JPEG, or larger than one on paper needs to be.
var ErrPicture = errors.New("paper: the picture is no PNG or JPEG of at most 4 million dots and 2 MB")

// What a picture may be: a seal of 50 mm at 600 dots an inch has 1.4 million.
const (
	mostPictureDots  = 4_000_000
	mostPictureBytes = 2 << 20
)

// Picture is a PNG or JPEG. Make it with [NewPicture]; it may be used by many pages at once.
type Picture struct {
	format        string // png, jpeg
	data          []byte // as it came
	width, height int
	grey          bool   // a JPEG without colour
	color, alpha  []byte // zlib, of a PNG; alpha nil for one that covers everything
}

// NewPicture reads a picture: [ErrPicture] for one that is none or too large.
func NewPicture(b []byte) (*Picture, error) {
	if len(b) > mostPictureBytes {
		return nil, ErrPicture
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 || c.Width > mostPictureDots/c.Height || format != "png" && format != "jpeg" || c.ColorModel == color.CMYKModel {
		return nil, ErrPicture
	}
	p := &Picture{format: format, data: bytes.Clone(b), width: c.Width, height: c.Height, grey: c.ColorModel == color.GrayModel}
	if format == "jpeg" {
		if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPicture, err)
		}
		return p, nil
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return p, p.flatten(m)
}

// flatten parts a picture into colour and cover, as PDF wants it.
func (p *Picture) flatten(m image.Image) (err error) {
	rgb, cover, clear := make([]byte, 0, 3*p.width*p.height), make([]byte, 0, p.width*p.height), false
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			rgb, cover = append(rgb, c.R, c.G, c.B), append(cover, c.A)
			clear = clear || c.A != 0xff
		}
	}
	if p.color, err = zlib(rgb); err == nil && clear {
		p.alpha, err = zlib(cover)
	}
	return err
}

// zlib packs bytes as PDF wants them.
func zlib(content []byte) ([]byte, error) {
	packed, err := deflate(content)
	return binary.BigEndian.AppendUint32(append([]byte{0x78, 0x01}, packed...), adler32.Checksum(content)), err
}

// Image is a picture on a page, from its upper left corner in millimetres.
type Image struct {
	X, Y, W, H float64
	Picture    *Picture
	Clip       Clip

	seal bool // shown by readers of OFD themselves, out of the signature
}

// Clip is the part of a picture that is shown, measured in millimetres from the picture's upper left corner; zero for all of it.
type Clip struct{ X, Y, W, H float64 }

// shown is where on the page something of the picture is seen.
func (i Image) shown() (x, y, w, h float64) {
	if i.Clip == (Clip{}) {
		return i.X, i.Y, i.W, i.H
	}
	return i.X + i.Clip.X, i.Y + i.Clip.Y, i.Clip.W, i.Clip.H
}

// svg draws an image; a nested drawing shows no more than its own size.
func (i Image) svg(b *bytes.Buffer) {
	x, y, w, h := i.shown()
	fmt.Fprintf(b, `<svg x="%s" y="%s" width="%s" height="%s"><image x="%s" y="%s" width="%s" height="%s" preserveAspectRatio="none" href="data:image/%s;base64,%s"/></svg>`,
		num(x), num(y), num(w), num(h), num(i.X-x), num(i.Y-y), num(i.W), num(i.H), i.Picture.format, base64.StdEncoding.EncodeToString(i.Picture.data))
}

// ofd draws an image out of the resource it is.
func (i Image) ofd(id, resource int) string {
	x, y, w, h := i.shown()
	return fmt.Sprintf(`<ofd:ImageObject ID="%d" Boundary="%s %s %s %s" ResourceID="%d" CTM="%s 0 0 %s %s %s"/>`, id, num(x), num(y), num(w), num(h), resource,
		num(i.W), num(i.H), num(i.X-x), num(i.Y-y))
}

// pdf draws an image called name in a space of millimetres from the upper left corner.
func (i Image) pdf(b *bytes.Buffer, name string) {
	x, y, w, h := i.shown()
	fmt.Fprintf(b, "q %s %s %s %s re W n %s 0 0 -%s %s %s cm /%s Do Q\n", num(x), num(y), num(w), num(h), num(i.W), num(i.H), num(i.X), num(i.Y+i.H), name)
}
