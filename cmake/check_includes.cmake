# Holds the directions of the includes (ARCHITECTURE.md): a part of every full build, and of every build of doze.

# Debian's own Python, whatever else is first in PATH.
find_program(DOZE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(DOZE_PYTHON NAMES python3 REQUIRED)

file(GLOB_RECURSE checked CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.hpp ${CMAKE_SOURCE_DIR}/src/*.cpp)
add_custom_command(
    OUTPUT ${CMAKE_BINARY_DIR}/check_includes.stamp
    COMMAND ${DOZE_PYTHON} ${CMAKE_SOURCE_DIR}/scripts/check_includes.py
    COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/check_includes.stamp
    DEPENDS ${checked} ${CMAKE_SOURCE_DIR}/scripts/check_includes.py
    COMMENT "Checking the directions of the includes"
    VERBATIM)
add_custom_target(check_includes ALL DEPENDS ${CMAKE_BINARY_DIR}/check_includes.stamp)
if(TARGET doze)
    add_dependencies(doze check_includes)
endif()
