/** What the wires of all providers share: reading records, and alerts. */
@NullMarked
package dev.ferrule.ssl.records;

import org.jspecify.annotations.NullMarked;
