// What libetude_sdk.so exports, and the version that a plugin and its host must share.
#pragma once

/// Marks a class or function that lives in libetude_sdk.so. Plugins never use it.
#define ETUDE_API __attribute__((visibility("default")))

/// Version of the SDK: a plugin is rebuilt for each (C++ crosses the boundary between plugin and host).
#define ETUDE_SDK_VERSION "0.1.0"
/// Version of the handshake itself. The major number is part of the entry symbol's name, etude_plugin_v<major>.
#define ETUDE_API_MAJOR 1
#define ETUDE_API_MINOR 0
