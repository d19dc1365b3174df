from django.urls import path

import views

urlpatterns = [
    path("api/v1/freeradius/authorize/", views.Authorize.as_view()),
    path("api/v1/freeradius/accounting/", views.Accounting.as_view()),
    path("api/v1/radius/organization/<slug:slug>/account/token/", views.Login.as_view()),
    path("api/v1/radius/organization/<slug:slug>/account/token/validate/", views.Validate.as_view()),
]
