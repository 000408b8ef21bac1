package picture_test

import (
	"bytes"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangyun/internal/module/seal/picture"
	"xiangyun/internal/platform/paper"
)

var seals = map[string]picture.Params{
	"office":   {Shape: picture.Star, Name: "长春市南关区市场监督管理局", Width: 42, Height: 42, Test: true},
	"approval": {Shape: picture.Star, Name: "长春市南关区政务服务中心", Line: "审批专用章", Width: 38, Height: 38, Test: true},
	"emblem":   {Shape: picture.Emblem, Name: "吉林省人民政府", Width: 50, Height: 50, Test: true},
	"long":     {Shape: picture.Star, Name: "延边朝鲜族自治州文化广播电视和旅游局", Width: 42, Height: 42},
	"invoice":  {Shape: picture.Ellipse, Name: "长春市南关区祥和餐饮有限公司", Line: "发票专用章", Width: 45, Height: 30, Test: true},
	"name":     {Shape: picture.Square, Name: "王建国", Width: 18, Height: 18, Test: true},
	"plain":    {Shape: picture.Square, Name: "欧阳建国", Width: 18, Height: 18},
}

// TestSeals draws each kind and looks at the bitmap: ink at the edge, the test mark where it belongs, nothing outside. With SEAL_PICTURES=folder the
// pictures are kept for the eye.
func TestSeals(t *testing.T) {
	w, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range seals {
		d, err := picture.Draw(w, p)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, s := range d.Segments {
			for i, v := range s.P {
				if v < -0.01 || i%2 == 0 && v > p.Width+0.01 || i%2 == 1 && v > p.Height+0.01 {
					t.Fatalf("%s: ink outside the seal, at %v", name, s)
				}
			}
		}
		bitmap, err := d.PNG(8)
		if err != nil {
			t.Fatal(err)
		}
		ink := func(x, y float64) bool {
			img, err := png.Decode(bytes.NewReader(bitmap))
			if err != nil {
				t.Fatal(err)
			}
			_, _, _, a := img.At(int(x*8), int(y*8)).RGBA()
			return a > 0x7fff
		}
		if !ink(p.Width/2, 0.4) {
			t.Errorf("%s has no edge", name)
		}
		if p.Shape != picture.Square && ink(0.3, 0.3) {
			t.Errorf("%s is not round", name)
		}
		if got := ink(p.Width/2, p.Height/2); got != (p.Shape == picture.Star) && p.Shape != picture.Square && p.Shape != picture.Emblem {
			t.Errorf("%s: ink in the middle: %v", name, got)
		}
		unmarked := p
		unmarked.Test = false
		other, err := picture.Draw(w, unmarked)
		if err != nil {
			t.Fatal(err)
		}
		if marked := other.Path() != d.Path(); marked != (p.Test && p.Shape != picture.Emblem) {
			t.Errorf("%s: the test mark makes a difference: %v", name, marked)
		}
		again, err := picture.Draw(w, p)
		if err != nil || again.Path() != d.Path() || !strings.HasPrefix(string(d.SVG()), "<svg ") {
			t.Errorf("%s is drawn differently the second time: %v", name, err)
		}
		if folder := os.Getenv("SEAL_PICTURES"); folder != "" {
			if err := os.WriteFile(filepath.Join(folder, name+".png"), bitmap, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	w, err := paper.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := picture.Draw(w, picture.Params{Shape: picture.Star, Name: strings.Repeat("很", 60), Width: 42, Height: 42}); !errors.Is(err, picture.ErrTooLong) {
		t.Error("sixty characters:", err)
	}
	for name, p := range map[string]picture.Params{"no-name": {Shape: picture.Star, Width: 42, Height: 42}, "no-size": {Shape: picture.Star, Name: "某"},
		"no-shape": {Name: "某", Width: 42, Height: 42}, "no-such-character": {Shape: picture.Star, Name: "某\U000F0000", Width: 42, Height: 42}} {
		if _, err := picture.Draw(w, p); err == nil {
			t.Errorf("%s is drawn", name)
		}
	}
}
