internal import AlertEngine
