// What encrypts and decodes frames, beside the page. A file of our own, so that the build finds it like any other.
import 'livekit-client/e2ee-worker';
