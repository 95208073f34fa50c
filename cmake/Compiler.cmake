# One flag set for every target, so that one precompiled header serves them all.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
# Inlines keep their visibility: a hidden copy of a std::string member here, which LibTorch refers to, would not link with every LibTorch.
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# -fPIC by hand: CMake would give executables -fPIE, and a precompiled header built for one is refused by the other.
add_compile_options(-fPIC)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)  # GCC 12 sees overlaps in every "text" + std::string (its bug 105651)
endif()
if(ETUDE_WARNINGS_AS_ERRORS)
  add_compile_options(-Werror)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 sees impossible lengths where short texts are assigned to std::string (its bug 105329): shown, but no error.
    add_compile_options(-Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=array-bounds)
  endif()
endif()
if(ETUDE_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(ETUDE_CCACHE ccache)
if(ETUDE_CCACHE)
  # ccache serves files that use a precompiled header only with these two checks relaxed.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Without it ccache preprocesses LibTorch's headers for each file; with it the precompiled header, which takes a tenth of the time.
    add_compile_options(-fpch-preprocess)
  endif()
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${ETUDE_CCACHE})
endif()
