# etude_add_plugin(<name> <source>...)
#
# One shared library lib<name>.so that Etude can load: linked to the SDK, exporting the plugin's entry symbol alone.
# (Hidden visibility still leaks template and type symbols; the linker's version script does not.)
set(ETUDE_PLUGIN_VERSION_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(etude_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE Etude::sdk)
  target_link_options(${name} PRIVATE LINKER:--version-script=${ETUDE_PLUGIN_VERSION_SCRIPT} LINKER:--no-undefined)
  set_target_properties(${name} PROPERTIES CXX_VISIBILITY_PRESET hidden
                                           LINK_DEPENDS ${ETUDE_PLUGIN_VERSION_SCRIPT})
endfunction()
