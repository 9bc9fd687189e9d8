package dev.ringway.engine.counters;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has which counter. A name is shown as long as a part that is in force has it, or a part that was still has something
 * active. Its id is given back when no {@link CounterScope} that has it can be reached any more: loops tell nobody when
 * they are done with a cluster, but no code can use an id that no object leads to. One thread at a time.
 */
final class HeldNames
{
    /** Passes of {@link #reclaim} between the end of a scope and that of its ids: a loop may be amid the last use. */
    static final int PASSES = 2;

    private static final String ACTIVE = "_active";

    private final CounterRecords records;
    private final Histograms histograms;
    private final NameTable counters;
    /** Counters by id. */
    private Name[] byId = new Name[1024];
    private final Map<String, Name> recorded = new HashMap<>();
    private final Holder process = new Holder("", true);
    private final ReferenceQueue<CounterScope> ended = new ReferenceQueue<>();
    private final Set<Reference<CounterScope>> references = new HashSet<>();
    private final ArrayDeque<Leaving> leaving = new ArrayDeque<>();
    private List<Holder> fading = new ArrayList<>();
    private Set<Holder> inForce = Set.of();
    private int shownCounters;
    private int shownHistograms;
    private long pass;

    /** A counter or histogram, with how many have it and how many of those are in force. */
    private static final class Name
    {
        /** Of a histogram; null for a counter, whose name the file has. */
        private final String text;
        private final int id;
        private boolean isForGood;
        private int holders;
        private int shown;

        private Name(final String text, final int id)
        {
            this.text = text;
            this.id = id;
        }

        private boolean isHistogram()
        {
            return text != null;
        }
    }

    /** What a scope has; outlives it. */
    static final class Holder
    {
        /** Whose late names it has as well, when it takes the place of that one; empty when of none. */
        private final String part;
        /** Those that came to be with requests. */
        private Set<Name> late = Set.of();
        private Name[] names = new Name[16];
        private int count;
        private boolean isInForce;
        private Runnable whenGone = () -> { };

        private Holder(final String part, final boolean isInForce)
        {
            this.part = part;
            this.isInForce = isInForce;
        }

        void whenGone(final Runnable action)
        {
            final Runnable before = whenGone;
            whenGone = () ->
            {
                before.run();
                action.run();
            };
        }

        private void add(final Name name)
        {
            if (count == names.length)
            {
                names = Arrays.copyOf(names, count << 1);
            }
            names[count++] = name;
        }
    }

    /** Tells the end of a scope. */
    private static final class ScopeReference extends PhantomReference<CounterScope>
    {
        private final Holder holder;

        private ScopeReference(final CounterScope scope, final ReferenceQueue<CounterScope> ended)
        {
            super(scope, ended);
            holder = scope.holder();
        }
    }

    /** What an ended scope had. */
    private record Leaving(Holder holder, long since)
    {
    }

    HeldNames(final CounterRecords records, final Histograms histograms)
    {
        this.records = records;
        this.histograms = histograms;
        counters = new NameTable(records::name);
    }

    CounterScope scope(final CountersFile file, final String part)
    {
        final CounterScope scope = new CounterScope(file, new Holder(part, false));
        references.add(new ScopeReference(scope, ended));
        return scope;
    }

    /** What has counters for the life of the process. */
    Holder process()
    {
        return process;
    }

    int counter(final String name, final int kind, final Holder holder)
    {
        final Name known = counter(name, kind);
        hold(known, holder);
        return known.id;
    }

    private Name counter(final String name, final int kind)
    {
        final int known = counters.find(name);
        if (known != NameTable.NONE)
        {
            records.checkKind(name, known, kind);
            return byId[known];
        }
        final int id = records.give(name, kind);
        counters.add(name, id);
        if (id >= byId.length)
        {
            byId = Arrays.copyOf(byId, byId.length << 1);
        }
        byId[id] = new Name(null, id);
        return byId[id];
    }

    int histogram(final String name, final Holder holder)
    {
        final Name known = histogram(name);
        if (known == null)
        {
            return Histograms.NONE;
        }
        hold(known, holder);
        return known.id;
    }

    /** Null when there is no room. */
    private Name histogram(final String name)
    {
        Name known = recorded.get(name);
        if (known == null)
        {
            final int id = histograms.give();
            if (id == Histograms.NONE)
            {
                return null;
            }
            known = new Name(name, id);
            recorded.put(name, known);
        }
        return known;
    }

    /** A counter that comes to be with requests. */
    int lateCounter(final String name, final Holder holder)
    {
        return late(counter(name, CounterRegistry.COUNTER), holder);
    }

    /** As {@link #lateCounter}. */
    int lateHistogram(final String name, final Holder holder)
    {
        final Name known = histogram(name);
        return known == null ? Histograms.NONE : late(known, holder);
    }

    /** Requests that began before a part changed may still be the first to need a name. */
    private int late(final Name name, final Holder holder)
    {
        addLate(name, holder);
        if (!holder.isInForce && !holder.part.isEmpty())
        {
            for (final Holder other : inForce)
            {
                if (other.part.equals(holder.part))
                {
                    addLate(name, other);
                }
            }
        }
        return name.id;
    }

    private void addLate(final Name name, final Holder holder)
    {
        if (holder.late.isEmpty())
        {
            holder.late = new HashSet<>();
        }
        if (holder.late.add(name))
        {
            hold(name, holder);
        }
    }

    private void hold(final Name name, final Holder holder)
    {
        if (holder != process)
        {
            name.holders++;
            holder.add(name);
            if (holder.isInForce)
            {
                show(name);
            }
        }
        else if (!name.isForGood)
        {
            name.isForGood = true;
            name.holders++;
            show(name);
        }
    }

    private void show(final Name name)
    {
        if (name.shown++ > 0)
        {
            return;
        }
        if (name.isHistogram())
        {
            shownHistograms++;
            histograms.show(name.id, name.text);
        }
        else
        {
            shownCounters++;
            records.show(name.id, true);
        }
    }

    private void unshow(final Name name)
    {
        if (--name.shown > 0)
        {
            return;
        }
        if (name.isHistogram())
        {
            shownHistograms--;
        }
        else
        {
            shownCounters--;
        }
    }

    /**
     * Names of these scopes are shown from now on, and of others as long as something of them is active. What the others
     * had late passes to those of the same part.
     */
    void inForce(final Collection<CounterRegistry> parts)
    {
        final Set<Holder> fresh = Collections.newSetFromMap(new IdentityHashMap<>());
        parts.forEach(part -> fresh.add(((CounterScope)part).holder()));
        final Map<String, Set<Name>> late = lateOfOthers(fresh);
        for (final Holder holder : fresh)
        {
            if (!holder.isInForce)
            {
                late.getOrDefault(holder.part, Set.of()).forEach(name -> addLate(name, holder));
                holder.isInForce = true;
                for (int i = 0; i < holder.count; i++)
                {
                    show(holder.names[i]);
                }
            }
        }
        for (final Holder holder : inForce)
        {
            if (!fresh.contains(holder))
            {
                end(holder);
            }
        }
        inForce = fresh;
        fade();
    }

    private Map<String, Set<Name>> lateOfOthers(final Set<Holder> fresh)
    {
        final Map<String, Set<Name>> late = new HashMap<>();
        for (final Holder holder : inForce)
        {
            if (!holder.late.isEmpty() && !holder.part.isEmpty() && !fresh.contains(holder))
            {
                late.computeIfAbsent(holder.part, part -> new HashSet<>()).addAll(holder.late);
            }
        }
        return late;
    }

    private void end(final Holder holder)
    {
        holder.isInForce = false;
        for (int i = 0; i < holder.count; i++)
        {
            unshow(holder.names[i]);
        }
        fading.add(holder);
    }

    private void fade()
    {
        final List<Holder> still = new ArrayList<>();
        for (final Holder holder : fading)
        {
            if (isActive(holder))
            {
                still.add(holder);
                continue;
            }
            for (int i = 0; i < holder.count; i++)
            {
                hide(holder.names[i]);
            }
        }
        fading = still;
    }

    private boolean isActive(final Holder holder)
    {
        for (int i = 0; i < holder.count; i++)
        {
            final Name name = holder.names[i];
            if (!name.isHistogram() && name.shown == 0 && records.sum(name.id) != 0 &&
                records.name(name.id).endsWith(ACTIVE))
            {
                return true;
            }
        }
        return false;
    }

    private void hide(final Name name)
    {
        if (name.shown == 0 && name.isHistogram())
        {
            histograms.show(name.id, null);
        }
        else if (name.shown == 0)
        {
            records.show(name.id, false);
        }
    }

    /** Gives back what nobody can use any more. */
    void reclaim()
    {
        pass++;
        fade();
        for (Reference<? extends CounterScope> next = ended.poll(); next != null; next = ended.poll())
        {
            references.remove(next);
            leaving.add(new Leaving(((ScopeReference)next).holder, pass));
        }
        while (!leaving.isEmpty() && leaving.peek().since + PASSES <= pass)
        {
            release(leaving.poll().holder);
        }
    }

    /** As when the scope cannot be reached any more. */
    void abandon(final CounterScope scope)
    {
        references.removeIf(reference -> ((ScopeReference)reference).holder == scope.holder());
        leaving.add(new Leaving(scope.holder(), pass));
    }

    private void release(final Holder holder)
    {
        if (holder.isInForce)
        {
            inForce.remove(holder);
            end(holder);
        }
        fading.remove(holder);
        for (int i = 0; i < holder.count; i++)
        {
            final Name name = holder.names[i];
            hide(name);
            if (--name.holders == 0)
            {
                giveBack(name);
            }
        }
        holder.count = 0;
        holder.whenGone.run();
    }

    private void giveBack(final Name name)
    {
        if (name.isHistogram())
        {
            recorded.remove(name.text);
            histograms.takeBack(name.id);
        }
        else
        {
            counters.remove(name.id);
            byId[name.id] = null;
            records.takeBack(name.id);
        }
    }

    /** Counters whose parts are gone, but may still be in use. */
    int waitingCounters()
    {
        return counters.count() - shownCounters;
    }

    /** As {@link #waitingCounters}. */
    int waitingHistograms()
    {
        return recorded.size() - shownHistograms;
    }
}
