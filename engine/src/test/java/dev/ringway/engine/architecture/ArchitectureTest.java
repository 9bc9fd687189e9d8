package dev.ringway.engine.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** Who may know whom: the list of docs/architecture.md as data. What is not in it is an error, so is a new package. */
final class ArchitectureTest
{
    private static final String ROOT = "dev.ringway.";

    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
        Map.entry("ffi.libc", Set.of()),
        Map.entry("ffi.sock", Set.of("ffi.libc")),
        Map.entry("ffi.uring", Set.of("ffi.libc")),
        Map.entry("codecs.text", Set.of()),
        Map.entry("codecs.clienthello", Set.of()),
        Map.entry("codecs.proxyproto", Set.of("codecs.text")),
        Map.entry("codecs.http", Set.of("codecs.text")),
        Map.entry("codecs.http1", Set.of("codecs.http", "codecs.text")),
        Map.entry("codecs.hpack", Set.of("codecs.http", "codecs.text")),
        Map.entry("codecs.http2", Set.of("codecs.hpack", "codecs.http", "codecs.text")),
        Map.entry("engine.time", Set.of()),
        Map.entry("engine.counters", Set.of("ffi")),
        Map.entry("engine.filter", Set.of("codecs", "engine.counters", "engine.accesslog")),
        Map.entry("engine.httpfilters", Set.of("codecs", "engine.filter", "engine.route", "engine.snapshot", "engine.counters", "engine.accesslog")),
        Map.entry("engine.connfilters", Set.of("engine.filter", "engine.httpfilters", "engine.counters")),
        Map.entry("engine.route", Set.of("codecs", "engine.filter")),
        Map.entry("engine.accesslog", Set.of("ffi", "codecs")),
        Map.entry("engine.snapshot", Set.of("ffi", "codecs", "engine.accesslog", "engine.filter", "engine.route", "engine.counters", "engine.tls")),
        Map.entry("engine.memory", Set.of("ffi")),
        Map.entry("engine.io", Set.of()),
        Map.entry("engine.loop", Set.of("ffi", "engine.io", "engine.memory", "engine.time", "engine.counters")),
        Map.entry("engine.tls", Set.of("ffi", "engine.counters")),
        Map.entry("engine.conn", Set.of("ffi", "codecs", "engine.tls", "engine.loop", "engine.io", "engine.memory",
            "engine.time", "engine.counters")),
        Map.entry("engine.http2", Set.of("ffi", "codecs", "engine.conn", "engine.loop", "engine.memory",
            "engine.time", "engine.snapshot", "engine.counters")),
        Map.entry("engine.balance", Set.of("engine.route", "engine.snapshot", "engine.counters")),
        Map.entry("engine.upstream", Set.of("ffi", "codecs", "engine.balance", "engine.http2", "engine.conn", "engine.tls", "engine.loop",
            "engine.memory", "engine.time", "engine.snapshot", "engine.counters")),
        Map.entry("engine.exchange", Set.of("ffi", "codecs", "engine.upstream", "engine.conn", "engine.loop",
            "engine.memory", "engine.time", "engine.filter", "engine.route", "engine.snapshot", "engine.counters", "engine.accesslog")),
        Map.entry("engine.downstream", Set.of("ffi", "codecs", "engine.exchange", "engine.upstream", "engine.http2",
            "engine.conn", "engine.tls", "engine.loop", "engine.memory", "engine.time", "engine.snapshot",
            "engine.counters")),
        Map.entry("engine.listen", Set.of("ffi", "codecs", "engine.filter", "engine.downstream", "engine.exchange", "engine.http2",
            "engine.conn", "engine.memory", "engine.tls", "engine.loop", "engine.time", "engine.snapshot", "engine.counters")),
        Map.entry("engine.runtime", Set.of("ffi", "engine.listen", "engine.exchange", "engine.upstream", "engine.http2",
            "engine.conn", "engine.tls", "engine.loop", "engine.io", "engine.memory", "engine.time", "engine.snapshot",
            "engine.counters", "engine.accesslog")));

    /** What runs on a loop: nothing here may wait, log or read a clock. */
    private static final String[] LOOP_PACKAGES = {
        ROOT + "codecs..", ROOT + "engine.memory..", ROOT + "engine.io..", ROOT + "engine.time..",
        ROOT + "engine.loop..", ROOT + "engine.conn..", ROOT + "engine.http2..", ROOT + "engine.balance..",
        ROOT + "engine.upstream..", ROOT + "engine.exchange..", ROOT + "engine.downstream..",
        ROOT + "engine.listen..", ROOT + "engine.route..", ROOT + "engine.filter..", ROOT + "engine.httpfilters..", ROOT + "engine.connfilters.."};

    private static final JavaClasses CLASSES = new ClassFileImporter()
        .withImportOption(location -> !location.asURI().toString().contains(testClasses()))
        .importPackages(ROOT + "ffi", ROOT + "codecs", ROOT + "engine");

    private static String testClasses()
    {
        return ArchitectureTest.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    }

    private static boolean isAllowed(final String from, final String to)
    {
        if (from.equals(to))
        {
            return true;
        }
        final Set<String> allowed = ARROWS.getOrDefault(from, Set.of());
        final String module = to.substring(0, to.indexOf('.'));
        return allowed.contains(to) || !module.equals("engine") && allowed.contains(module);
    }

    @Test
    void shouldPointOnlyWhereTheListPoints()
    {
        final Set<String> wrong = new TreeSet<>();
        for (final JavaClass from : CLASSES)
        {
            from.getDirectDependenciesFromSelf().forEach(dependency ->
            {
                final String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                if (target.startsWith(ROOT))
                {
                    final String source = from.getPackageName().substring(ROOT.length());
                    if (!isAllowed(source, target.substring(ROOT.length())))
                    {
                        wrong.add(source + " -> " + target.substring(ROOT.length()) + ": " +
                            dependency.getDescription());
                    }
                }
            });
        }
        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void shouldListEveryPackage()
    {
        final Set<String> packages = new TreeSet<>();
        CLASSES.forEach(type -> packages.add(type.getPackageName().substring(ROOT.length())));
        assertEquals(new TreeSet<>(ARROWS.keySet()), packages);
    }

    @Test
    void shouldHaveNoCycleInTheList()
    {
        final Set<String> settled = new TreeSet<>();
        boolean isMoving = true;
        while (isMoving)
        {
            isMoving = false;
            for (final Map.Entry<String, Set<String>> entry : ARROWS.entrySet())
            {
                final boolean isSettled = entry.getValue().stream()
                    .allMatch(to -> !to.startsWith("engine") && to.indexOf('.') < 0 || settled.contains(to));
                isMoving |= isSettled && settled.add(entry.getKey());
            }
        }
        assertEquals(new TreeSet<>(ARROWS.keySet()), settled, "those missing are in a cycle");
    }

    @Test
    void shouldNeitherWaitNorLogNorReadClocksOnLoops()
    {
        check(noClasses().that().resideInAnyPackage(LOOP_PACKAGES)
            .should().dependOnClassesThat().resideInAnyPackage("java.util.logging..", "org.slf4j..", "java.io..")
            .because("loops neither log nor do I/O but through the ring"));
        check(noClasses().that().resideInAnyPackage(LOOP_PACKAGES)
            .should().callMethod(System.class, "nanoTime")
            .orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().callMethod(Thread.class, "sleep", long.class)
            .orShould().callMethod(Thread.class, "yield")
            .orShould().callMethod(java.time.Instant.class, "now")
            .orShould().accessField(System.class, "out")
            .orShould().accessField(System.class, "err")
            .because("time comes from LoopClock, and nothing on a loop waits"));
        check(noClasses().that().resideInAnyPackage(LOOP_PACKAGES)
            .should().dependOnClassesThat().resideInAnyPackage("java.util.concurrent.locks..")
            .because("loops wait for nobody"));
    }

    @Test
    void shouldKeepCryptographyInTls()
    {
        check(noClasses().that().resideOutsideOfPackage(ROOT + "engine.tls..")
            .should().dependOnClassesThat().resideInAnyPackage("io.netty..", "javax.net.ssl..", "javax.crypto..")
            .because("one package knows the library, and nothing loads it without a context"));
        check(noClasses().that().haveSimpleNameStartingWith("TlsEngine")
            .should().dependOnClassesThat().resideInAnyPackage("java.io..", "java.security..", "javax.net.ssl..",
            "java.util.concurrent..")
            .because("engines run on loops, contexts are built elsewhere"));
    }

    @Test
    void shouldKeepKernelNumbersAndDowncallsInFfi()
    {
        check(noClasses().that().resideOutsideOfPackages(ROOT + "ffi..", ROOT + "engine.counters..")
            .should().dependOnClassesThat().resideInAnyPackage("java.lang.foreign..")
            .because("only ffi calls native code; counters map their file"));
        check(noClasses().that().resideInAnyPackage(ROOT + "engine.route..", ROOT + "engine.exchange..",
            ROOT + "engine.downstream..", ROOT + "engine.upstream..")
            .should().dependOnClassesThat().resideInAnyPackage(ROOT + "ffi.uring..")
            .because("nothing above conn knows which kernel interface completes operations"));
    }

    @Test
    void shouldBeFinal()
    {
        check(classes().that().areNotInterfaces().and().areNotEnums().and().areNotAnonymousClasses()
            .and().doNotHaveModifier(JavaModifier.ABSTRACT).and().doNotHaveModifier(JavaModifier.SYNTHETIC)
            .and().haveSimpleNameNotEndingWith("package-info")
            .should().haveModifier(JavaModifier.FINAL).because("classes are composed, not extended"));
    }

    @Test
    void shouldNotHavePackagesNamedAfterNothing()
    {
        check(noClasses().should().resideInAnyPackage(
            "..util..", "..common..", "..impl..", "..manager..", "..base..", "..helper..")
            .because("a package is named after what is in it"));
    }

    private static void check(final ArchRule rule)
    {
        rule.check(CLASSES);
    }
}
