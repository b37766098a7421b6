// The web desk's own script: keys, scrolling, dialogs, drafts. What talks to the
// desk is htmx's, told by attributes; without scripts pages work as plain forms.
(function () {
  'use strict'
  const $ = (selector, from) => (from || document).querySelector(selector)
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector))
  const on = (name, act) => document.addEventListener(name, act)

  // Keys: Enter sends, Shift+Enter is a new line; while an input method
  // composes a word, Enter belongs to it. Esc closes what was opened last.
  on('keydown', (e) => {
    const chosen = e.target.matches('textarea[data-send]') && $('[data-fill][aria-selected]', e.target.form)
    if (e.key === 'Enter' && chosen && !e.isComposing) {
      e.preventDefault()
      fill(chosen)
      return
    }
    if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
      const dialogText = e.ctrlKey && e.target.closest('dialog textarea')
      if (e.target.matches('textarea[data-send]') || dialogText) {
        e.preventDefault()
        if (e.target.value.trim() !== '') e.target.form.requestSubmit()
      }
    }
    if (e.key === 'Enter' && e.target.matches('[data-find]')) { // the first that was found
      e.preventDefault()
      const first = $('button', $('#palette'))
      if (first) first.click()
    }
    if (e.key === 'Tab' && !e.shiftKey && e.target.matches('textarea[data-send]') && $('[data-fill]', e.target.form)) {
      e.preventDefault()
      const first = chosen || choicesFor(e.target)[0]
      if (first) fill(first)
    }
    if ((e.key === 'ArrowDown' || e.key === 'ArrowUp') && e.target.matches('textarea[data-send]') && $('[data-fill]', e.target.form)) {
      e.preventDefault()
      const all = choicesFor(e.target), at = all.findIndex((b) => b.matches('[aria-selected]'))
      all.forEach((b) => b.removeAttribute('aria-selected'))
      if (!all.length) return
      const next = all[(at + (e.key === 'ArrowDown' ? 1 : -1) + all.length + (at < 0 && e.key === 'ArrowUp' ? 1 : 0)) % all.length]
      next.setAttribute('aria-selected', 'true')
      next.scrollIntoView({ block: 'nearest' })
    }
    if (e.key === 'Escape' && !$('dialog[open]')) {
      const menus = $$('details.more[open]'), choices = $('.choices:not(:empty)')
      if (menus.length) menus.forEach((d) => { d.open = false })
      else if (choices) choices.replaceChildren()
      else if ($('a[data-close]')) location.assign($('a[data-close]').href)
    }
  })

  on('click', (e) => {
    // The second click of a double click does nothing: what it would hit may
    // have moved under it.
    if (e.detail > 1 && e.target.closest('button')) {
      e.preventDefault()
      e.stopImmediatePropagation()
      return
    }
    if (e.target.closest('[data-cancel]')) e.target.closest('dialog').close()
    const copies = e.target.closest('[data-copy]')
    if (copies) {
      navigator.clipboard.writeText($('#' + copies.dataset.copy).textContent).then(() => { copies.textContent = copies.dataset.copied }, () => {
        const box = $('#' + copies.dataset.copy) // the browser does not let us: it is marked, to be copied by hand
        if (box.closest('details')) box.closest('details').open = true
        getSelection().selectAllChildren(box)
      })
    }
    if (e.target.matches('dialog[open]')) e.target.close() // beside the dialog
    if (e.target.closest('[data-fill]')) fill(e.target.closest('[data-fill]'))
    $$('details.more[open]').forEach((d) => { if (!d.contains(e.target)) d.open = false })
  })

  on('change', (e) => {
    if (e.target.matches('[data-auto]')) e.target.form.requestSubmit()
    // A choice that stands for words puts them into their field, before what is
    // written there already.
    if (e.target.matches('select[data-into]')) {
      const words = e.target.selectedOptions[0].dataset.words, box = e.target.form.elements[e.target.dataset.into]
      if (!words || !box || box.value.includes(words)) return
      box.value = box.value.trim() === '' ? words : words + '\n' + box.value
      box.focus()
    }
  })

  // Dialogs: what the desk puts into #modal is opened over the page; when it
  // closes, writing goes on where it was.
  on('htmx:afterSwap', (e) => {
    $$('details[data-keep]', e.detail.target).forEach((d) => { d.open = opened.includes(d.dataset.keep) })
    if (e.detail.target.id !== 'modal') return
    const dialog = $('dialog', e.detail.target)
    if (!dialog) { focusBox(); return }
    dialog.addEventListener('close', () => { dialog.remove(); focusBox() })
    dialog.showModal()
  })
  const focusBox = () => {
    const box = $$('textarea[data-send]').pop()
    if (box && matchMedia('(hover: hover)').matches) box.focus()
  }

  // Scrolling: who reads the newest stays there, who reads earlier is not moved.
  const atEnd = new WeakMap()
  const toEnd = (el) => el.scrollTo(0, el.scrollHeight)
  let opened = [] // details that are open; they stay open when a list is read again
  on('htmx:beforeSwap', (e) => {
    const el = e.detail.target.closest('[data-scroll]')
    if (el) atEnd.set(el, el.scrollHeight - el.scrollTop - el.clientHeight < 60)
    opened = $$('details[data-keep][open]', e.detail.target).map((d) => d.dataset.keep)
  })
  on('htmx:afterSettle', (e) => {
    const el = e.detail.target.closest('[data-scroll]')
    if (el && atEnd.get(el)) toEnd(el)
    seen()
  })

  // After an act of one's own every list is read again, changed or not: its
  // forms have been used.
  on('acted', () => {
    $$('input[name=have]').forEach((i) => { i.value = '' })
    htmx.trigger(document.body, 'refresh')
  })

  // A slash command is completed while it is typed; Tab takes the first choice.
  on('input', (e) => {
    const box = e.target
    if (!box.matches('textarea[data-send]')) return
    sessionStorage.setItem(draft(box), box.value)
    const choices = $('.choices', box.form)
    if (/^\/|@\S*$|^@\S+ /.test(box.value) || choices.firstChild) htmx.trigger(choices, 'type')
  })
  const choicesFor = (box) => { // older ones may still stand there
    const before = box.value.slice(0, Math.max(box.value.lastIndexOf(' '), box.value.lastIndexOf('\n')) + 1).toLowerCase()
    return $$('[data-fill]', box.form).filter((b) => b.dataset.fill.toLowerCase().startsWith(before))
  }
  const fill = (choice) => {
    const box = $('textarea[data-send]', choice.closest('form'))
    box.value = choice.dataset.fill
    box.focus()
    box.dispatchEvent(new Event('input', { bubbles: true }))
  }

  // Drafts: what is typed and not sent survives going elsewhere; a box is
  // emptied only of what was sent.
  const draft = (box) => 'draft:' + box.dataset.draft
  on('htmx:beforeRequest', (e) => {
    const box = $('textarea[data-send]', e.detail.elt)
    if (box && e.detail.elt.matches('form')) box.dataset.sent = box.value
  })
  on('htmx:afterRequest', (e) => {
    const box = e.detail.elt.matches('form.composer') && $('textarea[data-send]', e.detail.elt)
    if (!box || !e.detail.successful) return
    const sent = box.dataset.sent || ''
    const rest = box.value.startsWith(sent) ? box.value.slice(sent.length) : box.value
    box.value = rest.trim() === '' ? '' : rest
    sessionStorage.setItem(draft(box), box.value)
    $('.choices', box.form).replaceChildren()
    const scroll = $('[data-scroll]', box.closest('.pane'))
    if (scroll) toEnd(scroll)
  })

  // A mail dropped on its box is shown at once. A piece of a mail that a fact came
  // from is marked while the fact is pointed at.
  const box = (e) => e.target.closest && e.target.closest('[data-drop]')
  on('dragover', (e) => { if (box(e)) { e.preventDefault(); box(e).classList.add('over') } })
  on('dragleave', (e) => { if (box(e)) box(e).classList.remove('over') })
  on('drop', (e) => {
    const form = box(e), file = form && $('input[type=file]', form)
    if (!file || !e.dataTransfer.files.length) return
    e.preventDefault()
    form.classList.remove('over')
    file.files = e.dataTransfer.files
    form.requestSubmit()
  })
  on('change', (e) => { if (e.target.matches('[data-drop] input[type=file]') && e.target.files.length) e.target.form.requestSubmit() })
  on('mouseover', (e) => {
    const piece = e.target.closest('.made-fact') && $('[data-part]', e.target.closest('.made-fact'))
    $$('.shown').forEach((el) => el.classList.remove('shown'))
    const part = piece && document.getElementById('part-' + piece.dataset.part)
    if (part) part.classList.add('shown')
  })

  // Errors: the desk's own sentence, in the open dialog or at the foot of the page.
  let hide = 0
  const tell = (sentence) => {
    const place = $('dialog[open] [data-error]') || $('#toast')
    place.textContent = sentence
    place.hidden = false
    clearTimeout(hide)
    if (place.id === 'toast') hide = setTimeout(() => { place.hidden = true }, 8000)
  }
  const plain = (xhr) => (xhr.getResponseHeader('Content-Type') || '').startsWith('text/plain')
  on('htmx:responseError', (e) => tell(plain(e.detail.xhr) ? e.detail.xhr.responseText : document.body.dataset.failed))
  on('htmx:beforeSwap', (e) => { // a refused act is a sentence, not a part of the page
    if (e.detail.xhr.status !== 422 || !plain(e.detail.xhr)) return
    e.detail.shouldSwap = false
    if (e.detail.elt.matches('.choose')) e.detail.elt.reset() // it is still as it was
    tell(e.detail.xhr.responseText)
  })
  on('htmx:sendError', () => tell(document.body.dataset.offline))

  // Channels with something new since they were open here are marked.
  const seen = () => $$('[data-changes]').forEach((a) => {
    const key = 'seen:' + a.dataset.channel, n = Number(a.dataset.changes)
    if (a.getAttribute('aria-current') || localStorage.getItem(key) === null) localStorage.setItem(key, n)
    a.classList.toggle('unread', n > Number(localStorage.getItem(key)))
  })

  on('DOMContentLoaded', () => {
    $$('textarea[data-draft]').forEach((box) => { box.value = box.value || sessionStorage.getItem(draft(box)) || '' }) // somebody may type already
    $$('[data-scroll]').forEach(toEnd)
    $$('.side [aria-current]').forEach((a) => a.scrollIntoView({ block: 'nearest', inline: 'center' })) // on a phone the list is one line
    seen()
    focusBox()
  })
})()
