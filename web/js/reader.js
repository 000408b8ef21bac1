// A reader of codes for browsers that have none of their own, loaded only when the camera is used there. It speaks like BarcodeDetector.
import jsQR from "jsqr";

const canvas = document.createElement("canvas");

window.xiangyunReader = {
  async detect(video) {
    const most = 800; // more pixels cost time and find nothing new
    const scale = Math.min(1, most / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!canvas.width || !canvas.height) return [];
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    brush.drawImage(video, 0, 0, canvas.width, canvas.height);
    const picture = brush.getImageData(0, 0, canvas.width, canvas.height);
    const found = jsQR(picture.data, picture.width, picture.height);
    return found ? [{ rawValue: found.data }] : [];
  },
};
