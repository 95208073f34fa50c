# Finds LibTorch and offers it as the imported target etude::libtorch.
#
# A LibTorch is taken from Torch_DIR, else from ETUDE_TORCH_PYTHON's torch package, else from the project's private virtual environment, else from
# an importable torch of python3. Its own CMake package is not used: that of a CUDA build demands the CUDA toolkit, which
# linking against it does not need.
if(TARGET etude::libtorch)
  return()
endif()

function(etude_torch_of_python python result)
  execute_process(COMMAND ${python} -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
                  OUTPUT_VARIABLE root ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(NOT failed)
    set(${result} ${root} PARENT_SCOPE)
  endif()
endfunction()

set(root "")
if(Torch_DIR)
  cmake_path(ABSOLUTE_PATH Torch_DIR NORMALIZE OUTPUT_VARIABLE directory)
  # <root>/share/cmake/Torch
  cmake_path(GET directory PARENT_PATH root)
  cmake_path(GET root PARENT_PATH root)
  cmake_path(GET root PARENT_PATH root)
endif()
if(NOT root AND ETUDE_TORCH_PYTHON)
  etude_torch_of_python(${ETUDE_TORCH_PYTHON} root)
endif()
if(NOT root AND EXISTS ${PROJECT_SOURCE_DIR}/.venv/bin/python)
  etude_torch_of_python(${PROJECT_SOURCE_DIR}/.venv/bin/python root)
endif()
if(NOT root)
  etude_torch_of_python(python3 root)
endif()
if(NOT EXISTS "${root}/include/torch/version.h" AND NOT EXISTS "${root}/include/torch/csrc/api/include/torch/version.h")
  message(FATAL_ERROR "LibTorch not found. Run tools/setup, or set Torch_DIR to <libtorch>/share/cmake/Torch, "
                      "or ETUDE_TORCH_PYTHON to a Python that can import torch.")
endif()
set(ETUDE_LIBTORCH_ROOT ${root})
set(ETUDE_LIBTORCH_LIBRARY_DIRECTORY ${root}/lib)

file(STRINGS ${root}/include/torch/csrc/api/include/torch/version.h lines REGEX "define TORCH_VERSION \"")
string(REGEX REPLACE ".*\"(.*)\".*" "\\1" ETUDE_LIBTORCH_VERSION "${lines}")
message(STATUS "LibTorch ${ETUDE_LIBTORCH_VERSION} in ${root}")

add_library(etude::libtorch INTERFACE IMPORTED GLOBAL)
target_include_directories(etude::libtorch SYSTEM INTERFACE ${root}/include ${root}/include/torch/csrc/api/include)
foreach(name c10 torch_cpu torch)
  target_link_libraries(etude::libtorch INTERFACE ${root}/lib/lib${name}.so)
endforeach()
# Nothing calls into the CUDA libraries by name: without --no-as-needed the linker would drop them, and with them the GPU.
foreach(name c10_cuda torch_cuda)
  if(EXISTS ${root}/lib/lib${name}.so)
    target_link_libraries(etude::libtorch INTERFACE -Wl,--no-as-needed ${root}/lib/lib${name}.so -Wl,--as-needed)
  endif()
endforeach()
target_link_options(etude::libtorch INTERFACE -Wl,-rpath-link,${root}/lib)
