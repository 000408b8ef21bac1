package itemweb

import (
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"time"

	"xiangyun/internal/gov/civil"
	"xiangyun/internal/module/item"
	"xiangyun/internal/platform/page"
	"xiangyun/internal/platform/web"
)

// mapLife is how long a crawler may keep the site map.
const mapLife = "public, max-age=3600"

// mostMapped is how many addresses one site map may hold, by its protocol.
const mostMapped = 50_000

func (s *site) discoverRoutes(r *web.Router) {
	r.Page("GET /robots.txt", web.Public, s.robots)
	r.Page("GET /sitemap.xml", web.Public, s.sitemap)
}

// robots is GET /robots.txt: what is public may be found; what belongs to somebody, and what would be asked without end, may not be crawled.
func (s *site) robots(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", mapLife)
	text := "User-agent: *\n"
	for _, path := range []string{"/api/", "/desk", "/admin", "/me/", "/cases", "/certificates", "/apply", "/sign-in", "/items/suggest", "/items?", "/*/feedback", "/*/apply", "/*/print"} {
		text += "Disallow: " + path + "\n"
	}
	_, err := io.WriteString(w, text+"Sitemap: "+s.outside(r)+"/sitemap.xml\n")
	return gone(err)
}

// sitemap is GET /sitemap.xml: the items, not the offices that do each of them, so that it stays short however many there are. It is written as it
// is read.
func (s *site) sitemap(w http.ResponseWriter, r *http.Request) error {
	list, err := s.Items.Bases(r.Context(), item.Query{})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.Header().Set("Cache-Control", mapLife)
	b, base := bufio.NewWriter(w), s.outside(r)
	fmt.Fprint(b, xml.Header, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`, "\n")
	line := func(path string, changed time.Time) {
		fmt.Fprint(b, "<url><loc>")
		_ = xml.EscapeText(b, []byte(base+path)) // a buffered writer tells its error at the end
		fmt.Fprint(b, "</loc>")
		if !changed.IsZero() {
			fmt.Fprint(b, "<lastmod>", civil.Of(changed).String(), "</lastmod>")
		}
		fmt.Fprint(b, "</url>\n")
	}
	line("/", time.Time{})
	line("/zones", time.Time{})
	for _, z := range allZones {
		line("/zones/"+z.Key, time.Time{})
	}
	for _, item := range list[:min(len(list), mostMapped-len(allZones)-2)] {
		line("/items/"+item.Code(), item.PublishedAt)
	}
	fmt.Fprint(b, "</urlset>\n")
	return gone(b.Flush())
}

// gone forgets the error of a reader who went away: nobody is left to be told.
func gone(error) error { return nil }

// outside is how the outside reaches us; as the request did, when nobody has said.
func (s *site) outside(r *http.Request) string {
	if base := s.base(); base != "" {
		return base
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// described is a guide as search engines read it (schema.org GovernmentService).
func described(ctx context.Context, v guideView) map[string]any {
	e := v.Entry
	service := map[string]any{"@context": "https://schema.org", "@type": "GovernmentService", "name": e.Name, "alternateName": e.Short, "description": e.Guide.Summary,
		"identifier": code(v), "serviceType": kindName(ctx, e.Kind), "inLanguage": page.Locale(ctx), "url": v.Address + guidePath(v)}
	if v.RegionName != "" {
		service["areaServed"] = v.RegionName
	}
	if e.OfficeName != "" {
		office := map[string]any{"@type": "GovernmentOrganization", "name": e.OfficeName}
		if e.Contact.Phone != "" {
			office["telephone"] = e.Contact.Phone
		}
		if e.Contact.Address != "" {
			office["address"] = e.Contact.Address
		}
		service["provider"] = office
	}
	if len(e.Guide.Fees) == 0 {
		service["isAccessibleForFree"] = true
	}
	return service
}
