/** The provider on the JDK's SSLEngine. */
@NullMarked
package dev.ferrule.ssl.jdk;

import org.jspecify.annotations.NullMarked;
