/** What providers on a library in native memory have in common. */
@NullMarked
package dev.ferrule.ssl.library;

import org.jspecify.annotations.NullMarked;
