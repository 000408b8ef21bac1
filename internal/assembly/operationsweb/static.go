package operationsweb

import (
	"net/http"

	"xiangyun/internal/platform/page"
)

// gallery is GET /design.
func (s *site) gallery(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, galleryPage())
}

// accessibility is GET /accessibility.
func (s *site) accessibility(w http.ResponseWriter, r *http.Request) error {
	return page.Render(w, r, http.StatusOK, accessibilityPage())
}
