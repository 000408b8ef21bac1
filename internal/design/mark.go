package design

// markPath draws the cloud as the old patterns do: a tall curl, a lower one that rolls up at the right, a small one at the left, on
// one level line. web/static/mark.svg is the same drawing for browsers' tabs.
const markPath = "M8 36H33.5a7 7 0 1 0-6.6-9.3a3.4 3.4 0 1 0 5.6 1.3M32.6 21.9A10 10 0 1 0 13.6 22a5 5 0 1 0 8.9-1.8M12.4 24.6A5.9 5.9 0 0 0 8 36"
