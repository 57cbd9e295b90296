/**
 * Whether files have changed, and whether what they hold now may take the place of what is served.
 */
@NullMarked
package dev.ferrule.ssl.reload;

import org.jspecify.annotations.NullMarked;
