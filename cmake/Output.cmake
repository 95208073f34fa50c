# The build tree mirrors the installed one: bin/etude, lib/libetude_sdk.so, lib/etude/plugins/*.so.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/static)
set(ETUDE_PLUGIN_DIRECTORY lib/etude/plugins)

# The installed tree can be moved: it looks for its own libraries beside itself, then for LibTorch where it was built.
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../lib;$ORIGIN/../..;${ETUDE_LIBTORCH_LIBRARY_DIRECTORY}")
if(NOT ETUDE_CORE_ONLY)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/experiments DESTINATION share/etude)
endif()
