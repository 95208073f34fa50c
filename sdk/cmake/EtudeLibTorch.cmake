# Finds LibTorch and offers it as the imported target etude::libtorch.
#
# It is taken from the first of these that has one:
#   Torch_DIR             <libtorch>/share/cmake/Torch, a CMake or an environment variable
#   ETUDE_TORCH_PYTHON    a Python that can import torch
#   the place that an installed SDK was built with
#   .venv                 the private virtual environment of tools/setup
#   python3
# Its own CMake package is not used: that of a CUDA build demands the CUDA toolkit, which linking against it does not need.
#
# Sets ETUDE_LIBTORCH_ROOT, ETUDE_LIBTORCH_LIBRARY_DIRECTORY and ETUDE_LIBTORCH_VERSION ("2.13.0").
# An installed SDK sets ETUDE_LIBTORCH_EXACT_VERSION and ETUDE_LIBTORCH_RECORDED_ROOT before: C++ objects cross between plugin and host,
# so both use one LibTorch.
if(TARGET etude::libtorch)
  return()
endif()

set(ETUDE_LIBTORCH_MINIMUM 2.11)
set(ETUDE_TORCH_PYTHON "" CACHE FILEPATH "A Python whose torch package is the LibTorch to use")

# The folder of the torch package that `python` would import, or nothing.
function(etude_torch_of_python python result)
  execute_process(COMMAND ${python} -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
                  OUTPUT_VARIABLE root ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(failed)
    set(root "")
  endif()
  set(${result} "${root}" PARENT_SCOPE)
endfunction()

# "2.13.0" of the LibTorch in `root`, or nothing if there is none. Its place and form have changed between versions.
function(etude_torch_version root result)
  set(version "")
  foreach(header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(NOT version AND EXISTS "${root}/include/${header}")
      set(numbers "")
      foreach(part MAJOR MINOR PATCH)
        file(STRINGS "${root}/include/${header}" line REGEX "define TORCH_VERSION_${part} +[0-9]+")
        string(REGEX MATCH "[0-9]+$" number "${line}")
        list(APPEND numbers ${number})
      endforeach()
      list(JOIN numbers . version)
    endif()
  endforeach()
  set(${result} "${version}" PARENT_SCOPE)
endfunction()

# Why the LibTorch in `root` cannot be used, or nothing.
function(etude_torch_objection root result)
  etude_torch_version("${root}" version)
  set(objection "")
  if(NOT version OR NOT EXISTS "${root}/lib/libtorch_cpu.so")
    set(objection "no LibTorch there")
  elseif(version VERSION_LESS ETUDE_LIBTORCH_MINIMUM)
    set(objection "LibTorch ${version}, and Etude needs ${ETUDE_LIBTORCH_MINIMUM} or newer")
  elseif(ETUDE_LIBTORCH_EXACT_VERSION AND NOT version VERSION_EQUAL ETUDE_LIBTORCH_EXACT_VERSION)
    set(objection "LibTorch ${version}, and this Etude was built with ${ETUDE_LIBTORCH_EXACT_VERSION}")
  endif()
  set(${result} "${objection}" PARENT_SCOPE)
endfunction()

# Takes `root` if it can be used. If not, a place that the user named is an error, any other a line for the final message.
macro(etude_try_torch root asked_by)
  if(NOT ETUDE_LIBTORCH_ROOT AND NOT "${root}" STREQUAL "")
    etude_torch_objection("${root}" objection)
    if(objection STREQUAL "")
      set(ETUDE_LIBTORCH_ROOT "${root}")
    else()
      string(APPEND tried "\n  ${root} (${asked_by}): ${objection}")
    endif()
  endif()
endmacro()

set(ETUDE_LIBTORCH_ROOT "")
set(tried "")
set(named FALSE)
foreach(directory "${Torch_DIR}" "$ENV{Torch_DIR}")
  if(directory)
    cmake_path(ABSOLUTE_PATH directory BASE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} NORMALIZE)
    string(REGEX REPLACE "/share/cmake/Torch/?$" "" directory "${directory}")
    etude_try_torch("${directory}" "Torch_DIR")
    set(named TRUE)
  endif()
endforeach()
if(ETUDE_TORCH_PYTHON AND NOT named)
  etude_torch_of_python(${ETUDE_TORCH_PYTHON} root)
  if(NOT root)
    string(APPEND tried "\n  ${ETUDE_TORCH_PYTHON} (ETUDE_TORCH_PYTHON): it cannot import torch")
  endif()
  etude_try_torch("${root}" "ETUDE_TORCH_PYTHON")
  set(named TRUE)
endif()
if(NOT named)
  etude_try_torch("${ETUDE_LIBTORCH_RECORDED_ROOT}" "what Etude was built with")
  if(NOT ETUDE_LIBTORCH_ROOT AND EXISTS ${PROJECT_SOURCE_DIR}/.venv/bin/python)
    etude_torch_of_python(${PROJECT_SOURCE_DIR}/.venv/bin/python root)
    etude_try_torch("${root}" ".venv")
  endif()
  if(NOT ETUDE_LIBTORCH_ROOT)
    etude_torch_of_python(python3 root)
    etude_try_torch("${root}" "python3")
  endif()
endif()
if(NOT ETUDE_LIBTORCH_ROOT)
  if(tried)
    set(tried "Looked at:${tried}\n")
  endif()
  if(ETUDE_LIBTORCH_EXACT_VERSION)
    set(remedy "Set Torch_DIR to <libtorch ${ETUDE_LIBTORCH_EXACT_VERSION}>/share/cmake/Torch, or ETUDE_TORCH_PYTHON to a Python with that torch.")
  else()
    set(remedy "Run tools/setup, or set Torch_DIR to <libtorch>/share/cmake/Torch, or ETUDE_TORCH_PYTHON to a Python that can import torch.")
  endif()
  message(FATAL_ERROR "No LibTorch that can be used. ${tried}${remedy}")
endif()

set(ETUDE_LIBTORCH_LIBRARY_DIRECTORY ${ETUDE_LIBTORCH_ROOT}/lib)
etude_torch_version(${ETUDE_LIBTORCH_ROOT} ETUDE_LIBTORCH_VERSION)
message(STATUS "LibTorch ${ETUDE_LIBTORCH_VERSION} in ${ETUDE_LIBTORCH_ROOT}")

add_library(etude::libtorch INTERFACE IMPORTED GLOBAL)
target_include_directories(etude::libtorch SYSTEM INTERFACE ${ETUDE_LIBTORCH_ROOT}/include
                                                            ${ETUDE_LIBTORCH_ROOT}/include/torch/csrc/api/include)
foreach(name c10 torch_cpu torch)
  target_link_libraries(etude::libtorch INTERFACE ${ETUDE_LIBTORCH_LIBRARY_DIRECTORY}/lib${name}.so)
endforeach()
target_link_options(etude::libtorch INTERFACE LINKER:-rpath-link,${ETUDE_LIBTORCH_LIBRARY_DIRECTORY})

# Nothing calls into the CUDA libraries by name: without --no-as-needed the linker would drop them, and with them the GPU. What they
# need in turn (the driver, CUDA's own libraries) need not be on the machine that links.
set(cuda_libraries "")
foreach(name c10_cuda torch_cuda)
  if(EXISTS ${ETUDE_LIBTORCH_LIBRARY_DIRECTORY}/lib${name}.so)
    list(APPEND cuda_libraries ${ETUDE_LIBTORCH_LIBRARY_DIRECTORY}/lib${name}.so)
  endif()
endforeach()
if(cuda_libraries)
  list(JOIN cuda_libraries , cuda_libraries)
  target_link_libraries(etude::libtorch INTERFACE "-Wl,--push-state,--no-as-needed,${cuda_libraries},--pop-state")
  target_link_options(etude::libtorch INTERFACE LINKER:--allow-shlib-undefined)
endif()

# The C++ ABI of strings follows LibTorch's, which its exported names tell.
file(STRINGS ${ETUDE_LIBTORCH_LIBRARY_DIRECTORY}/libc10.so old_names REGEX "^_ZN3c105ErrorC[12].*Ss" LIMIT_COUNT 1)
set(ETUDE_LIBTORCH_CXX11_ABI 1)
if(old_names)
  set(ETUDE_LIBTORCH_CXX11_ABI 0)
  target_compile_definitions(etude::libtorch INTERFACE _GLIBCXX_USE_CXX11_ABI=0)
endif()

# at::parallel_for is a header's template, serial in files compiled without OpenMP. The OpenMP library must be LibTorch's own: two in one
# process have two pools of threads.
file(GLOB libgomp ${ETUDE_LIBTORCH_LIBRARY_DIRECTORY}/libgomp*.so* ${ETUDE_LIBTORCH_ROOT}/../torch.libs/libgomp*.so*)
if(libgomp AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(GET libgomp 0 libgomp)
  target_compile_options(etude::libtorch INTERFACE -fopenmp)
  target_link_libraries(etude::libtorch INTERFACE ${libgomp})
endif()
